"""What is allowed in huddles and with issues, and when: tables and pure functions, by noun."""
