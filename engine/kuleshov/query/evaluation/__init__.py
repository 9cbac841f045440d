"""How well answers agree with judgements."""
