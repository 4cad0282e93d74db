-- Rows of a person who is erased are deleted by the platform's role; nobody changes one.
GRANT DELETE ON user_login_events TO parley_platform;
