"""Who may do what: users with passwords, sessions, API keys, and how often a client may ask."""

from web.access.keys import Keys
from web.access.limiter import Limiter, client_of
from web.access.sessions import Sessions, read_secret
from web.access.users import Users

__all__ = ["Keys", "Limiter", "Sessions", "Users", "client_of", "read_secret"]
