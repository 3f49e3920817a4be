"""What the API does with batches, put together."""

from heliograph.app import App
from heliograph.app.settings import accept_settings
from heliograph.core.batch import Batch
from heliograph.flow.batches.send import BeginBatches, DecideRecipients, MoveBatches
from heliograph.flow.batches.steer import SteerBatches
from heliograph.flow.once import Once
from heliograph.flow.ports import Urgency
from heliograph.flow.preview import Preview
from heliograph.interfaces.rest.batch_desk import BatchDesk
from heliograph.interfaces.rest.services import BatchServices
from heliograph.store.reads.batches import BatchReads
from heliograph.store.reads.sms import SmsReads


def batch_services(app: App) -> BatchServices:
    begin = BeginBatches()
    return BatchServices(
        reader=BatchReads(app.reader),
        devices=SmsReads(app.reader),
        begin=begin,
        begin_once=Once(begin, Batch),
        decide=DecideRecipients(app.traffic.submit_bulk),
        move=MoveBatches(),
        steer=SteerBatches(app.traffic.cancel),
        preview=Preview(accept_settings(app.config), app.routes, Urgency.BULK),
        desk=BatchDesk(),
    )
