"""The language of subtitles, by script and by the commonest words: offline, for the main languages of film.

Subtitles have thousands of words, of which a third to a half are the few dozen commonest of their language; counting
these is enough, without a model. For a text of a few words it returns None.
"""

from __future__ import annotations

import re
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ENOUGH_WORDS = 20
_LEAST_SHARE = 0.08  # of the words that are common ones of the language
_LEAST_LEAD = 1.3  # over the next language
#: The commonest words of spoken language; words that related languages share are included, as all count together.
_COMMON = {
    "en": "the you i to a it and that of is in what we me this on for my your have do not be are don't i'm it's no",
    "de": "ich du das ist nicht die und der es sie wir was zu ein er in mit mir den auf ja nein wie mich eine so hab",
    "fr": "je de est pas le vous la tu que un il et à on les ça ne une c'est pour j'ai des qui moi dans avec mais",
    "es": "que de no a la el y es en lo un por qué me una te los se con para mi está si bien pero yo eso las",
    "it": "che di non è la il e un a per in sono mi ho lo ma ti una con si cosa questo no ha come da le",
    "pt": "que não o de a é e eu um você se me uma com para isso do está em os por como no mas na bem",
    "nl": "ik je het de dat is een niet en van wat we in ze hij op te zijn er maar me die heb voor met",
    "sv": "jag det är du inte att en och har vi på i för som han vad med mig den så kan om till de",
    "da": "jeg det er du ikke at en og har vi på i for til han hvad med mig den så kan om de",
    "no": "jeg det er du ikke å en og har vi på i for til han hva med meg den så kan om de",
    "fi": "on ei se en hän minä mitä ja että olen sinä ole niin me mutta kun oli voi jos nyt mä sä",
    "pl": "nie to się w na i że z co jest do tak jak mnie za mi ale ty po jestem ja go ma",
    "cs": "je to se na že v jsem si a ne co tak mi ale jsi do jak ty já by mě pro jste",
    "hu": "a nem az hogy és egy is ez meg de csak van már mi azt én ha te el itt igen",
    "ro": "nu să de o a este și ce e la în am cu pe un mai că asta te din dar ai",
    "tr": "bir bu ne ve ben için mi o sen çok da de var evet hayır değil ama şey iyi gibi",
    "id": "aku yang tidak kau ini itu dan di ada apa kita dia untuk akan dengan saya bisa tak",
    "ru": "я не что в и ты это на с он так как все мы но да у мне меня нет вы",
    "uk": "я не що в і ти це на з він так як все ми але та у мені мене ні ви",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
#: Scripts of one language, or of the main one of several.
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_SCRIPT_SHARE = 0.2  # of the letters
#: ISO 639-2 codes of three letters, which films' tracks carry, to two letters.
_SHORT = {
    **{"eng": "en", "ger": "de", "deu": "de", "fre": "fr", "fra": "fr", "spa": "es", "ita": "it", "por": "pt"},
    **{"dut": "nl", "nld": "nl", "swe": "sv", "dan": "da", "nor": "no", "nob": "no", "nb": "no", "fin": "fi"},
    **{"pol": "pl", "cze": "cs", "ces": "cs", "hun": "hu", "rum": "ro", "ron": "ro", "tur": "tr", "ind": "id"},
    **{"rus": "ru", "ukr": "uk", "jpn": "ja", "kor": "ko", "chi": "zh", "zho": "zh", "ara": "ar", "heb": "he"},
    **{"gre": "el", "ell": "el", "hin": "hi", "tha": "th"},
}


def short_code(language: str | None) -> str | None:
    """Return a language code as two letters if it has such a form: ``"eng"`` and ``"en-US"`` are ``"en"``."""
    if language is None:
        return None
    plain = language.lower().replace("_", "-").split("-")[0]
    return _SHORT.get(plain, plain)


def detect_language(text: str) -> str | None:
    """Return the language of a text, two letters of ISO 639-1; None if it is too short, or none of the known ones."""
    letters = sum(character.isalpha() for character in text)
    for language, script in _SCRIPTS:
        if letters and len(script.findall(text)) > _SCRIPT_SHARE * letters:
            return language
    words = Counter(word.lower().replace("’", "'") for word in _WORD.findall(text))
    total = words.total()
    if total < _ENOUGH_WORDS:
        return None
    shares = sorted(
        ((sum(words[word] for word in common) / total, language) for language, common in _WORDS.items()), reverse=True
    )
    (share, language), (second, _) = shares[:2]
    return language if share >= _LEAST_SHARE and share >= _LEAST_LEAD * second else None
