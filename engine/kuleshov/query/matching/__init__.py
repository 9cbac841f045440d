"""What parts of a query are matched with: columns, calibration, and the protocol of a part. Knows no kind of part."""
