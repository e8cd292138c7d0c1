"""Keep analytic tables in Parquet: pseudonymous, hashed, and never half written."""
