"""Set-up of huddles and issues by the hospital itself: agendas, choices, clocks, people of trust, digests."""
