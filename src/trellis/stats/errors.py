"""Say in one family of errors why a number cannot be given."""


class TrellisNumbersError(Exception):
    """A number was asked for that cannot be computed as asked."""


class TrellisCaution(UserWarning):
    """A number was computed, but its reader should know something about it."""
