"""What the portal and the mailbox worker share: the office, its calendar, its promises, its published figures.

Receives YAML; hands on frozen, checked values. Knows nothing of pages and nothing of mail.
"""
