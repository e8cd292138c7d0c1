"""Keep the promises: policies, events, shares, access log and suppression."""
