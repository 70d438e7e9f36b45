"""Credentials as NetSuite would show them, and where they go. Nobody else has these."""

ORIGIN = "https://1234567.suitetalk.api.netsuite.com"
TBA = {
    "consumer_key": "consumerkey-5f1c0e",
    "consumer_secret": "consumersecret-77ab41",
    "token_id": "tokenid-c9d2e8",
    "token_secret": "tokensecret-03bb6f",
}
MACHINE = {
    "client_id": "clientid-1f9a",
    "certificate_id": "certificateid-2b8c",
    "private_key": "-----BEGIN PRIVATE KEY-----\nMIGHAgEA\nMBMGByqG\n-----END PRIVATE KEY-----",
}
