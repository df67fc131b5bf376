"""Who may call what: every address that asks for a login, asked by everybody, for everybody's things."""
