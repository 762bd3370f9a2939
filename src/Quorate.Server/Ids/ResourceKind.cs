namespace Quorate.Server.Ids;

/// <summary>What an id names. The prefix says it to people and to programs.</summary>
enum ResourceKind
{
    Vault = 1,
    Wallet = 2,
    Address = 3,
    Transfer = 4,
    Transaction = 5,
    Signature = 6,
    Policy = 7,
    Act = 8,
    Ceremony = 9,
    Contact = 10,
    Webhook = 11,
    ApiKey = 12,
    Event = 13,
}
