"""The exceptions of Kuleshov; each is also a builtin, and its text says what was wrong and what to do."""


class KuleshovError(Exception):
    """Any error that Kuleshov raises itself, with one clear line as its text."""


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
    """A device that was chosen by name can't be used."""


class ModelError(KuleshovError, RuntimeError):
    """A model's weights or runtime are unavailable."""


class ArchiveError(KuleshovError, RuntimeError):
    """An archive folder that is missing, of another schema version, or in use by another writer."""


class QueryError(KuleshovError, ValueError):
    """A query that can't be read at all. Unknown words are no error: they are reported in the result."""


class ExportError(KuleshovError, ValueError):
    """An export that is impossible in this format or to this file."""


class GrammarError(KuleshovError, ValueError):
    """A grammar or attribute file that breaks its own rules; the text names the file, the entry and the rule."""


class AnnotationError(KuleshovError, ValueError):
    """An annotation that can't be used: off the scale, in unknown words, or too few to learn from."""
