"""The few exceptions of our own; each is also a builtin, and its text says what was wrong and what to do."""


class KuleshovError(Exception):
    """Anything Kuleshov refuses, with one clear line as its text."""


class MediaError(KuleshovError, ValueError):
    """A file that can't be read as a film. ``str()`` is one line: the file, the reason, the remedy."""

    def __init__(self, source: object, reason: str, *, remedy: str = "") -> None:
        self.source = str(source)
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{source}: {reason}" + (f" ({remedy})" if remedy else ""))


class SettingError(KuleshovError, ValueError):
    """A choice that does not exist; the text lists those that do."""


class DeviceError(KuleshovError, RuntimeError):
    """A device was asked for by name and can't be used."""


class ModelError(KuleshovError, RuntimeError):
    """A model's weights or runtime can't be had."""


class ArchiveError(KuleshovError, RuntimeError):
    """An archive folder that is missing, of another schema version, or in use by another writer."""


class QueryError(KuleshovError, ValueError):
    """A query that can't be read at all. Words that match nothing are no error: they are reported in the answer."""


class ExportError(KuleshovError, ValueError):
    """What can't be written in the format or to the file that was asked for."""


class GrammarError(KuleshovError, ValueError):
    """A grammar or attribute file that breaks its own rules; the text names the file, the entry and the rule."""


class AnnotationError(KuleshovError, ValueError):
    """What people said of films and can't be taken: off the scale, in unknown words, too little to learn from."""
