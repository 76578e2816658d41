"""Errors this application raises on purpose.

* AssistantError             caught once by each front: app.py, python -m ingest, python -m web.access,
                             the web page
  - SettingsError            a setting has a value that cannot be used
  - BadQuestionError         the question is empty, too long or no text
  - UnknownPolicyError       a question is to be put to a policy that is not served
  - BatchFileError           a batch file cannot be read
  - BatchLineError           a line of a batch file cannot be used
  - PolicyFileError          a policy file is missing, unreadable or no text
  - EncoderError             the encoder cannot be loaded
  - IndexStorageError        the index cannot be written or is damaged
  - PortInUseError           the web page's address is taken
  - ModelFaultError          the language model failed; caught in answer/, which then quotes instead
  - FeedbackError            the file of the feedback cannot be read or written
  - AccessError              a name, password or file of users, API keys or the session secret cannot be used

A caller's mistake is ValueError or TypeError and is not caught. Finding nothing is no error but a refusal.
`str(error)` is English and goes to the log; `user_message` is one Chinese sentence for the screen that says
what was wrong, with its value, and what to do.
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base class of all errors that a user may see."""

    def __init__(self, message: str, *, user_message: str) -> None:
        super().__init__(message)
        self.user_message = user_message

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross from worker processes to the main one."""
        return _rebuild, (type(self), str(self), self.user_message)


def _rebuild(kind: type[AssistantError], message: str, user_message: str) -> AssistantError:
    return kind(message, user_message=user_message)


class SettingsError(AssistantError):
    """A setting has a value that cannot be used."""


class BadQuestionError(AssistantError):
    """The question is empty, too long or no text."""


class UnknownPolicyError(AssistantError):
    """A question is to be put to a policy that is not served."""


class BatchFileError(AssistantError):
    """A batch file cannot be read."""


class BatchLineError(AssistantError):
    """A line of a batch file cannot be used."""


class PolicyFileError(AssistantError):
    """A policy file is missing, unreadable or no text."""


class EncoderError(AssistantError):
    """The encoder cannot be loaded."""


class IndexStorageError(AssistantError):
    """The index cannot be written or is damaged."""


class PortInUseError(AssistantError):
    """The web page's address is taken."""


class ModelFaultError(AssistantError):
    """The language model failed or did not answer in time; the policy is quoted instead."""


class FeedbackError(AssistantError):
    """The file of the feedback cannot be read or written."""


class AccessError(AssistantError):
    """A name, password or file of users, API keys or the session secret cannot be used."""
