"""The officer desk: sign-in, the queue of one's office, cases, messages that did not arrive, linking a chat."""
