using System.Collections.Immutable;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Bitcoin;

/// <summary>Collects what a transaction does, and what about it can not be told.</summary>
sealed class EffectsOfTransaction(BitcoinFormat format, DecodeContext context)
{
    readonly ImmutableArray<Effect>.Builder items = ImmutableArray.CreateBuilder<Effect>();
    readonly ImmutableArray<string>.Builder doubts = ImmutableArray.CreateBuilder<string>();

    internal void Doubt(string reason) => doubts.Add(reason);

    /// <summary>What the inputs are worth together; null where that is not proven.</summary>
    internal ulong? AddInputs(Psbt psbt, SpentOutput[] spent)
    {
        if (psbt.Transaction.Version is not (1 or 2 or 3))
            Doubt($"The transaction is of version {psbt.Transaction.Version}, which is not in use.");
        ulong sum = 0;
        var isProven = true;
        for (var i = 0; i < spent.Length; i++)
        {
            var input = psbt.Inputs[i];
            if (spent[i].Output is not { } output)
            {
                isProven = false;
                Doubt($"Nothing says what input {i} spends.");
                continue;
            }
            if (!spent[i].IsProven)
            {
                isProven = false;
                Doubt($"The amount of input {i} is not proven: the previous transaction is missing.");
            }
            sum += output.Value;
            if (sum > BitcoinTransaction.MaxMoney)
                throw new FormatException("The inputs exceed 21 million bitcoin.");
            var address = format.AddressOf(output.Script.Span);
            if (spent[i].Form is null)
                Doubt($"Input {i} spends {address?.Text ?? "a script without address"}, which one key and signature do not spend, or whose script is missing.");
            else if (!format.IsOwn(address!, output.Script.Span, input.Derivations, context, isCoin: true))
                Doubt($"Input {i} spends {address}, which is not the wallet's.");
            if (input.IsFinal)
                Doubt($"Input {i} is signed already.");
            if (input.SighashType is { } type && !InputSigning.CoversEverything(type, spent[i].Form))
                Doubt($"Input {i} is to be signed with hash type {type:x}, which does not cover the whole transaction.");
        }
        return isProven ? sum : null;
    }

    /// <summary>Lists what goes to whom; returns the sum.</summary>
    internal ulong AddOutputs(BitcoinTransaction transaction, Psbt? psbt)
    {
        ulong sum = 0;
        for (var i = 0; i < transaction.Outputs.Length; i++)
        {
            var output = transaction.Outputs[i];
            sum += output.Value;
            var script = output.Script.Span;
            switch (OutputScript.Classify(script))
            {
                case ScriptKind.Data:
                    if (output.Value > 0)
                        items.Add(new Effect.Transfer(context.Signer, null, format.Coin, output.Value));
                    AddMemos(script[1..]);
                    break;
                case ScriptKind.NonStandard:
                    Doubt($"Output {i} pays {output.Value} satoshi to a script of no standard form.");
                    break;
                case var kind:
                    var address = format.AddressOf(script)!;
                    if (kind == ScriptKind.FutureWitness)
                        Doubt($"Output {i} pays {address}, of witness version {script[0] - OutputScript.Op1 + 1}: a form without rules yet, which anybody can spend.");
                    if (kind == ScriptKind.Taproot && !Bip340PublicKey.TryDecode(script[2..], out _))
                        Doubt($"Output {i} pays {address}, whose key is not on the curve: nobody can ever spend it.");
                    var isOwn = format.IsOwn(address, script, psbt is null ? [] : psbt.Outputs[i].Derivations, context, isCoin: false);
                    items.Add(new Effect.Transfer(context.Signer, address, format.Coin, output.Value, isOwn));
                    break;
            }
        }
        return sum;
    }

    internal Effects ToEffects(ulong? fee) => new(
        format.Chain, items.ToImmutable(), fee is { } f ? new Fee(context.Signer, format.Coin, f) : null, doubts.ToImmutable());

    /// <summary>One memo for every push, none alone included: what stands there is what is published.</summary>
    void AddMemos(ReadOnlySpan<byte> pushes)
    {
        if (pushes.IsEmpty)
            items.Add(new Effect.Memo(""));
        while (!pushes.IsEmpty && OutputScript.TryReadPush(ref pushes, out var data))
            items.Add(new Effect.Memo(Convert.ToHexStringLower(data)));
    }
}
