"""What a round asks, how it is answered, what is promised: tables and pure functions. No query, no clock."""
