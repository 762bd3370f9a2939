namespace Quorate.Server.Limits;

/// <summary>What kind of call it is, for limits.</summary>
enum CallClass
{
    /// <summary>Changes nothing.</summary>
    Read,

    /// <summary>Changes nothing, and judges up to thousands of transfers anew.</summary>
    Replay,

    /// <summary>Changes something, and neither signs nor makes keys: approvals, cancellations, freezes among them.</summary>
    Write,

    /// <summary>Leads to a signature.</summary>
    Sign,

    /// <summary>Leads to keys being made or renewed.</summary>
    KeyGeneration,
}

/// <summary>A call as limits see it. What it names has been checked: nothing here is any text that somebody made up.</summary>
/// <param name="ApiKey">Who calls.</param>
/// <param name="Class">What kind of call it is.</param>
/// <param name="Wallet">Of what signs or makes keys: the wallet, where it is known.</param>
/// <param name="Address">Of what signs: the address it pays from, where it is known.</param>
/// <param name="Threshold">Of what signs: how many nodes sign together; 0 where that is not known.</param>
/// <param name="Message">Of what signs: what the caller wants signed, byte for byte; null or empty where the server makes it.</param>
sealed record LimitedCall(string ApiKey, CallClass Class, string? Wallet = null, string? Address = null, int Threshold = 0, ReadOnlyMemory<byte>? Message = null);
