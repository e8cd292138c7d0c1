"""Put the apps together: settings, addresses, home pages and what spans siblings."""
