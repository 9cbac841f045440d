"""The kinds of vector index by name, each with the module and class that make it."""

KINDS = {
    "flat": "flat:FlatIndex",
    "ivf-sq8": "ivf_sq8:SQ8Index",
    "ivf-pq": "ivf_pq:PQIndex",
    "ivf-rabitq": "ivf_rabitq:RaBitQIndex",
    "sharded": "sharded:ShardedIndex",
    "device": "device:DeviceIndex",
    "milvus": "milvus:MilvusIndex",
}
