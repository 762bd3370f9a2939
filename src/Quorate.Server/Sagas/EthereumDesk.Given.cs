using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Ethereum.TypedData;
using Quorate.Cryptography.Derivation;
using Quorate.Server.Lanes;
using Quorate.Server.Transfers;
using NonceLane = Quorate.Server.Lanes.NonceLane;

namespace Quorate.Server.Sagas;

// What the caller has built: transactions that nobody may change, and messages.
sealed partial class EthereumDesk
{
    public (Effects Effects, ImmutableArray<SigningInput> Inputs) Read(PayloadForm form, ReadOnlyMemory<byte> bytes, DecodeContext context)
    {
        var format = network.Format;
        if (form == PayloadForm.Transaction)
            return (format.Decode(bytes, context), format.GetSigningInputs(bytes, context));
        var message = MessageOf(form, bytes);
        return (format.Decode(message, context), [format.GetSigningInput(message, context)]);
    }

    public ReadOnlyMemory<byte>? Assemble(PreparedTransaction prepared, SigningWallet wallet, ImmutableArray<InputSignature> signatures)
    {
        if (prepared.Form == PayloadForm.Transaction)
            return Format.Assemble(prepared.Unsigned.Bytes, wallet.Context, signatures);
        if (signatures.Length != 1)
            throw new ArgumentException("A message takes one signature.", nameof(signatures));
        network.Format.Assemble(MessageOf(prepared.Form, prepared.Unsigned.Bytes), wallet.Context, signatures[0]);
        return null;
    }

    /// <summary>The nonce in the caller's bytes and no other, and everything that they can take.</summary>
    async Task<(ImmutableArray<Reservation> Reservations, DeskRefusal? Refusal)> ReserveAsync(
        TransferDraft draft, TransferSubject.Unsigned given, CancellationToken cancellation)
    {
        var (from, holder, most) = (From(draft), draft.Id.ToString(), draft.MaxFee!.Amount);
        EthereumTransaction transaction;
        Effects effects;
        try
        {
            (effects, _) = Read(PayloadForm.Transaction, given.Bytes.Bytes, new(from, Bip32Path.Root));
            transaction = EthereumTransactionCodec.Decode(given.Bytes.Bytes).Transaction;
        }
        catch (FormatException e)
        {
            return ([], new(e.Message, IsFinal: true));
        }
        if (transaction.MaxFee > most)
            return ([], new($"It costs up to {transaction.MaxFee}, and {most} is the most that it may.", IsFinal: true));
        var (held, missing) = await funds.HoldAsync(draft, from, Format.Coin, transaction.Value, cancellation, [.. TokensOf(effects, from)]).ConfigureAwait(false);
        if (held is null)
            return ([], Missing(from, missing));
        await ObserveAsync(from, cancellation).ConfigureAwait(false);
        var nonce = transaction.Nonce;
        var (_, refusal) = await lanes.DecideAsync(NonceLane.Stream(from), l => l.ReserveExactly(holder, nonce, most), cancellation).ConfigureAwait(false);
        return refusal switch
        {
            null => ([held, Noted(from, nonce)], null),
            LaneRefusal.Stale => ([held], new($"Nonce {nonce} of {from} is used.", IsFinal: true)),
            LaneRefusal.Taken => ([held], new($"Nonce {nonce} of {from} is another transaction's.", IsFinal: true)),
            LaneRefusal.Full => ([held], new($"Too many transactions of {from} have to come before nonce {nonce}.", FullLane: NonceLane.Stream(from))),
            _ => ([held], new($"The nonces of {from}: {refusal}.")),
        };
    }

    // Coins apart, which a transaction names itself: what fungible tokens it sends of the account's.
    static IEnumerable<(AssetId Asset, Amount Amount)> TokensOf(Effects effects, Address from) => effects.Items.OfType<Effect.Transfer>()
        .Where(t => t.Payer == from && !t.ToSelf && t.Asset.Namespace == "erc20")
        .Select(t => (t.Asset, t.Amount));

    static EthereumMessage MessageOf(PayloadForm form, ReadOnlyMemory<byte> bytes) => form switch
    {
        PayloadForm.TypedData => TypedMessage.Parse(bytes),
        PayloadForm.PersonalMessage when bytes.Length <= PersonalMessage.MaxSize => new PersonalMessage(bytes.Span),
        PayloadForm.PersonalMessage => throw new FormatException($"A message of {bytes.Length} bytes; at most {PersonalMessage.MaxSize}."),
        _ => throw new FormatException($"{form} is no message."),
    };

    static ulong NonceOf(ReadOnlyMemory<byte> unsigned) => EthereumTransactionCodec.Decode(unsigned).Transaction.Nonce;
}
