"""What the API does with SMS, put together."""

from heliograph.app import App
from heliograph.app.settings import accept_settings
from heliograph.flow.once import Once
from heliograph.flow.preview import Preview
from heliograph.flow.reads.sms import SmsBrowse
from heliograph.flow.requests import Received, Submitted
from heliograph.interfaces.rest.services import SmsServices
from heliograph.store.reads.sms import SmsReads


def sms_services(app: App) -> SmsServices:
    traffic = app.traffic
    return SmsServices(
        browse=SmsBrowse(SmsReads(app.reader)),
        submit_once=Once(traffic.submit, Submitted),
        receive=traffic.receive,
        receive_once=Once(traffic.receive, Received),
        cancel=traffic.cancel,
        change=traffic.change,
        preview=Preview(accept_settings(app.config), app.routes),
    )
