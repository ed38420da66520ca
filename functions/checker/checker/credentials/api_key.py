"""A key of an API Gateway usage plan, in the header that registration names: x-api-key."""

from checker.credentials import header
from probing.endpoint import AuthKind

KIND = AuthKind.API_KEY

make = header.make
