"""What a shot or scene sounds like."""
