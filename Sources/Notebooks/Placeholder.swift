// Placeholder until this module's first noun lands.
