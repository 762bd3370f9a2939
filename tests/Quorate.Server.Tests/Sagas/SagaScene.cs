using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Quorate.Chains;
using Quorate.Chains.Ethereum;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;
using Quorate.Policies;
using Quorate.Server.Ids;
using Quorate.Server.Sagas;
using Quorate.Server.Tests.Transfers;
using Quorate.Server.Transfers;
using Quorate.Testing;

namespace Quorate.Server.Tests.Sagas;

/// <summary>
/// Who plays along: an account with one key in place of the nodes' shares, a policy, and the people who sign intents with
/// keys of their own.
/// </summary>
sealed class SagaScene : IWalletDirectory
{
    readonly Func<SigningInput, InputSignature> sign;

    internal const ulong Large = 900_000;

    static readonly SeededRandom random = new(1, "saga");

    internal static readonly EcdsaKey Key = EcdsaKey.Generate(random);
    static readonly Dictionary<string, Ed25519Key> people = new[] { "alice", "bob" }.ToDictionary(name => name, _ => Ed25519Key.Generate(random));

    internal SagaScene(EthereumFormat format)
        : this(format, new(format.ToAddress(EthereumAddress.FromPublicKey(Key.PublicKey)), Bip32Path.Root), Recipient, Forbidden, Sign)
    {
    }

    /// <summary>A scene on any chain.</summary>
    internal SagaScene(ITransactionFormat format, DecodeContext context, string to, string never, Func<SigningInput, InputSignature> sign)
    {
        (Format, Context, To, Never, this.sign) = (format, context, to, never, sign);
        Policy = Policy.Parse(Encoding.UTF8.GetBytes(
            $$"""
            {
              "quoratePolicy": 1, "name": "simulated", "groups": { "treasurers": ["bob"] },
              "rules": [
                { "id": "pay", "effect": "allow", "what": [ { "kind": "transfer" }, { "kind": "fee" }, { "kind": "call" }, { "kind": "accountCreation" }, { "kind": "memo" } ] },
                { "id": "large", "effect": "require", "what": [ { "kind": "transfer", "above": "{{Large}}" } ],
                  "approvals": [ { "group": "treasurers", "count": 1, "initiatorMayApprove": false } ] },
                { "id": "never", "effect": "deny", "what": [ { "kind": "transfer", "recipients": ["{{format.Chain}}:{{never}}"] } ] }
              ]
            }
            """));
        Membership = new(new("wallet.example.org", ["https://wallet.example.org"]),
            people.Select(p => new Member(p.Key, [new Device.Ed25519Key("laptop", p.Value.EncodedPublicKey)])));
    }

    internal const string Recipient = "0x00000000000000000000000000000000000000B0", Forbidden = "0x00000000000000000000000000000000000000F0";

    internal ITransactionFormat Format { get; }

    /// <summary>Who is paid.</summary>
    internal string To { get; }

    /// <summary>Whom the policy lets nobody pay.</summary>
    internal string Never { get; }

    internal DecodeContext Context { get; }

    internal Policy Policy { get; }

    internal Membership Membership { get; }

    internal AssetId Coin => Format.Coin;

    public Task<SigningWallet?> FindAsync(TransferDraft draft, CancellationToken cancellation) =>
        Task.FromResult<SigningWallet?>(new("acme", "treasury", 1, Context));

    public Task<PinnedPolicy> PolicyAsync(CancellationToken cancellation) =>
        Task.FromResult(new PinnedPolicy(Policy, Membership, CounterLedger.Empty));

    internal TransferDraft Payment(int number, ulong amount, string to, Amount maxFee, DateTimeOffset expires) => new(
        TransferSamples.Id(ResourceKind.Transfer, number), new TransferSubject.Payment(Coin, amount, to, Context.Signer.Text, null),
        TransferSamples.Id(ResourceKind.Wallet), TransferSamples.Id(ResourceKind.Vault), "alice", new(Coin, maxFee), expires, null, null);

    /// <summary>What a transfer pays to whom is paid here.</summary>
    internal Amount PaidBy(TransferState state) => state.Draft!.Subject switch
    {
        TransferSubject.Payment wish => wish.To == To ? wish.Amount : Amount.Zero,
        TransferSubject.Unsigned raw => Format.Decode(raw.Bytes.Bytes, Context).Items.OfType<Effect.Transfer>().Where(t => t.Recipient?.Text == To)
            .Aggregate(Amount.Zero, (sum, t) => sum + t.Amount),
        _ => Amount.Zero,
    };

    /// <summary>A member's signature of what is to be approved now.</summary>
    internal static TransferCommand.Approve Approve(TransferState state, string member, DateTimeOffset at)
    {
        var signature = people[member].Sign(ApprovalSet.MessageFor(state.Current!.Prepared.IntentHash));
        using var json = JsonDocument.Parse(ApprovalJson.Write([new Approval.Signature(member, "laptop", signature)]));
        return new(at, state.CurrentIndex, member, "laptop", json.RootElement[0].Clone());
    }

    /// <summary>What the nodes together would sign.</summary>
    internal ImmutableArray<InputSignature> Sign(ImmutableArray<SigningInput> inputs) => [.. inputs.Select(sign)];

    static InputSignature Sign(SigningInput input)
    {
        var signature = Key.Sign(input.Payload.Span);
        return new(input.Index, Key.PublicKey.Encode(), signature.Signature.EncodeCompact(), (byte)signature.RecoveryId);
    }
}
