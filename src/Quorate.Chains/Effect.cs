using System.Collections.Immutable;

namespace Quorate.Chains;

/// <summary>
/// One thing a transaction or message does when it takes effect, in terms a policy can judge and a person can read. The
/// kinds are closed: who judges effects handles all of them and refuses what it does not know.
/// </summary>
public abstract record Effect
{
    Effect()
    {
    }

    /// <summary>
    /// An amount of an asset goes from <paramref name="Payer"/> to <paramref name="Recipient"/>; null where nobody can ever
    /// take it, as in a burn or an unspendable output. <paramref name="ToSelf"/> where the adapter has derived the
    /// recipient from the payer's own keys: change.
    /// </summary>
    public sealed record Transfer(Address Payer, Address? Recipient, AssetId Asset, Amount Amount, bool ToSelf = false) : Effect;

    /// <summary>
    /// <paramref name="Spender"/> may from now on take <paramref name="Asset"/> from <paramref name="Owner"/>:
    /// <paramref name="Limit"/> of it, or without limit where null. <paramref name="ExpiresAt"/> in Unix seconds, null for
    /// never. A limit of zero takes an approval back.
    /// </summary>
    public sealed record Approval(Address Owner, Address Spender, AssetId Asset, Amount? Limit, ulong? ExpiresAt = null) : Effect;

    /// <summary>
    /// A contract or program runs. <paramref name="Function"/> is its canonical signature, such as
    /// <c>transfer(address,uint256)</c>, or null where only the selector is known; the coins that go along are
    /// <paramref name="Value"/> and are listed as a transfer too.
    /// </summary>
    public sealed record Call(
        Address Caller, Address Contract, string? Function, ImmutableArray<CallArgument> Arguments, Amount Value) : Effect;

    /// <summary>A contract comes into being with this code; <paramref name="Contract"/> where its address is known beforehand.</summary>
    public sealed record Deployment(Address Deployer, Address? Contract, string CodeHash, Amount Value) : Effect;

    /// <summary>
    /// <paramref name="Authority"/>'s account runs the code of <paramref name="Delegate"/> from now on (EIP-7702), which
    /// puts everything it owns into the hands of that code; null takes a delegation back.
    /// </summary>
    public sealed record Delegation(Address Authority, Address? Delegate) : Effect;

    /// <summary>An account is opened for <paramref name="Owner"/>, and <paramref name="Payer"/> leaves the deposit in it.</summary>
    public sealed record AccountCreation(Address Payer, Address Account, Address Owner, AssetId Asset, Amount Deposit) : Effect;

    /// <summary>Bytes published with the transaction and without further meaning to the chain, in lower-case hexadecimal.</summary>
    public sealed record Memo(string Data) : Effect;
}

/// <summary>A decoded argument of a call: name where known, canonical ABI type, value in canonical text.</summary>
public sealed record CallArgument(string? Name, string Type, string Value);
