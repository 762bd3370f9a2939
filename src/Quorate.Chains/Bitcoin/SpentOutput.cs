using Quorate.Cryptography.Hashing;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// An output that a PSBT spends, as far as the PSBT proves it. The proof of an amount is the previous transaction, whose id
/// the input names. An amount on its writer's word alone is accepted only where every input is Taproot: then each signature
/// covers all amounts and scripts (BIP 341), and a lie makes all of them worthless. With one other input among them it would
/// not, because two requests that lie about different inputs could each give away one good signature.
/// </summary>
/// <param name="Output">The output; its value is not to be used where it is not proven.</param>
/// <param name="IsProven">Whether it is certain that the input spends exactly this.</param>
/// <param name="Form">How it can be signed; null where it can not be here.</param>
/// <param name="KeyHash">The hash of the key that signs; Taproot's output key.</param>
readonly record struct SpentOutput(TxOutput? Output, bool IsProven, KeyScript? Form, ReadOnlyMemory<byte> KeyHash)
{
    /// <summary>The outputs that a PSBT's inputs spend, in order.</summary>
    /// <exception cref="FormatException">The PSBT contradicts itself about one.</exception>
    internal static SpentOutput[] ReadAll(Psbt psbt)
    {
        var spent = new SpentOutput[psbt.Inputs.Length];
        var allTaproot = true;
        for (var i = 0; i < spent.Length; i++)
        {
            var output = Read(psbt, i);
            var program = ReadOnlyMemory<byte>.Empty;
            KeyScript? form = output is { } o ? FormOf(o.Script, psbt.Inputs[i].RedeemScript, i, out program) : null;
            allTaproot &= form == KeyScript.Taproot;
            spent[i] = new(output, psbt.Inputs[i].Previous is not null, form, program);
        }
        if (allTaproot)
        {
            for (var i = 0; i < spent.Length; i++)
                spent[i] = spent[i] with { IsProven = true };
        }
        return spent;
    }

    static TxOutput? Read(Psbt psbt, int index)
    {
        var (input, point) = (psbt.Inputs[index], psbt.Transaction.Inputs[index].Previous);
        if (input.Previous is not { } previous)
            return input.WitnessUtxo;
        if (previous.Id != point.Transaction)
            throw new FormatException($"Input {index} comes with a previous transaction that is not the one it spends.");
        if (point.Index >= previous.Outputs.Length)
            throw new FormatException($"Input {index} spends an output that its transaction does not have.");
        var output = previous.Outputs[(int)point.Index];
        return input.WitnessUtxo is { } claimed && (claimed.Value != output.Value || !claimed.Script.Span.SequenceEqual(output.Script.Span))
            ? throw new FormatException($"Input {index} says two things about what it spends.")
            : output;
    }

    static KeyScript? FormOf(ReadOnlyMemory<byte> script, ReadOnlyMemory<byte>? redeemScript, int index, out ReadOnlyMemory<byte> keyHash)
    {
        var kind = OutputScript.Classify(script.Span);
        keyHash = default;
        if (kind != ScriptKind.ScriptHash)
        {
            if (redeemScript is not null)
                throw new FormatException($"Input {index} has a redeem script and spends none.");
            keyHash = kind == ScriptKind.KeyHash ? script[3..^2] : kind is ScriptKind.WitnessKeyHash or ScriptKind.Taproot ? script[2..] : default;
            return kind switch
            {
                ScriptKind.WitnessKeyHash => KeyScript.WitnessKeyHash,
                ScriptKind.Taproot => KeyScript.Taproot,
                ScriptKind.KeyHash => KeyScript.KeyHash,
                _ => null,
            };
        }
        if (redeemScript is not { } redeem)
            return null;
        Span<byte> hash = stackalloc byte[Ripemd160.Size];
        Ripemd160.HashSha256(redeem.Span, hash);
        if (!hash.SequenceEqual(script.Span[2..^1]))
            throw new FormatException($"Input {index} comes with a redeem script that is not the one it spends.");
        if (OutputScript.Classify(redeem.Span) != ScriptKind.WitnessKeyHash)
            return null;
        keyHash = redeem[2..];
        return KeyScript.NestedWitnessKeyHash;
    }
}
