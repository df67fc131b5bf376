"""English desk, German office: the desk's calendar writes dates as WAGTAIL_DATE_FORMAT says, in every language."""

DATE_INPUT_FORMATS = ["%d.%m.%Y"]
DATETIME_INPUT_FORMATS = ["%d.%m.%Y %H:%M"]
