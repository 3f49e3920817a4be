"""What people save, put together for the API."""

from heliograph.app import App
from heliograph.flow.manage.saved import ManageTemplates, ManageViews
from heliograph.interfaces.rest.services import SavedServices
from heliograph.store.reads.saved import SavedReads


def saved_services(app: App) -> SavedServices:
    return SavedServices(SavedReads(app.reader), ManageViews(), ManageTemplates())
