"""Films made of real clips, whose transitions are known exactly because they were drawn."""
