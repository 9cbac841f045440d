"""The model card and the report of a trained reader of dialogue, as Markdown."""

from __future__ import annotations

from typing import Any

from kuleshov.records import LINE_EMOTIONS


def report(evaluation: dict[str, Any]) -> str:
    """Return what ``training.dialogue.evaluate`` found as Markdown."""
    head = f"# {evaluation['model']}\n\nTrained {evaluation['trained']}; scores on {evaluation['split']}.\n"
    return head + "\n" + score_tables(evaluation["scores"])


def model_card(card: dict[str, Any]) -> str:
    """Return a network's card as Markdown: what it is for, what it was made of, how good it is, what it can't do."""
    recipe = ", ".join(f"{name} {value}" for name, value in card["recipe"].items())
    data = "\n".join(
        f"| {name} | {entry['train']} | {entry['dev']} | {entry['terms']} |" for name, entry in card["data"].items()
    )
    versions = ", ".join(f"{name} {version}" for name, version in card["versions"].items())
    return f"""# {card["kind"]}, trained {card["trained"]}

Reads what feeling lies in the words of a line of English dialogue: seven classes, and valence, arousal and dominance.
Not for judging people: it guesses what the words of fiction convey, and is wrong about as often as the table says.

Encoder: {card["encoder"]}, its upper {card["top_layers"]} layers trained further.
Recipe: {recipe}.
Versions: {versions}.

| data | train | dev | terms |
|---|---|---|---|
{data}

The terms of the data may bind what is made of them: see to them before passing the file on.

## Scores on the dev splits

The recipe, one shift of MELD's logits and GoEmotions' thresholds were chosen on these splits: on unseen text expect a
little less.

{score_tables(card["dev"])}"""


def score_tables(scores: dict[str, Any]) -> str:
    parts = []
    for name, entry in scores.items():
        if "r" in entry:
            rows = "\n".join(f"| {axis} | {value:.3f} |" for axis, value in entry["r"].items())
            parts.append(f"### {name}: {entry['texts']} texts\n\n| dimension | Pearson's r |\n|---|---|\n{rows}\n")
            continue
        totals = [f"mean F1 {entry['macro_f1']:.3f}"]
        if "weighted_f1" in entry:
            totals.insert(
                0, f"weighted F1 {entry['weighted_f1']:.3f} (majority class {entry['majority_weighted_f1']:.3f})"
            )
            totals.append(f"accuracy {entry['accuracy']:.3f}")
        rows = "\n".join(
            f"| {emotion} | {entry['f1'][emotion]:.3f} | {entry['support'][emotion]} |" for emotion in LINE_EMOTIONS
        )
        count = entry.get("lines") or entry.get("texts")
        parts.append(
            f"### {name}: {count} texts\n\n{', '.join(totals)}\n\n| class | F1 | texts |\n|---|---|---|\n{rows}\n"
        )
    return "\n".join(parts)
