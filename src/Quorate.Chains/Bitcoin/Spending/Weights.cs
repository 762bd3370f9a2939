namespace Quorate.Chains.Bitcoin;

/// <summary>
/// Sizes before there are signatures, as weight (BIP 141), at their largest: an ECDSA signature in DER with low s and its
/// hash type takes 72 bytes or fewer, a BIP 340 signature 64.
/// </summary>
static class Weights
{
    const int EcdsaWitness = 1 + 1 + 72 + 1 + 33;

    /// <summary>Version, lock time, marker and flag; counts of inputs and outputs come on top.</summary>
    internal const int Frame = 4 * (4 + 4) + 2;

    /// <summary>An input of a form; one without witness still has the byte that says so.</summary>
    internal static int OfInput(KeyScript form) => form switch
    {
        KeyScript.KeyHash => 4 * (41 + 1 + 72 + 1 + 33) + 1,
        KeyScript.NestedWitnessKeyHash => 4 * (41 + 23) + EcdsaWitness,
        KeyScript.WitnessKeyHash => 4 * 41 + EcdsaWitness,
        KeyScript.Taproot => 4 * 41 + 1 + 1 + 64,
        _ => throw new ArgumentOutOfRangeException(nameof(form)),
    };

    internal static int OfOutput(int scriptLength) => 4 * (8 + ByteWriter.CompactSizeLength(scriptLength) + scriptLength);

    internal static int OfCount(int count) => 4 * ByteWriter.CompactSizeLength(count);

    internal static int ToVirtualSize(int weight) => (weight + 3) / 4;

    /// <summary>
    /// The least an output is relayed with: what its own bytes and those of spending it cost at the dust rate, an input
    /// taken for 148 bytes, or 67 where it has a witness. Data may be worth nothing.
    /// </summary>
    internal static ulong DustLimit(ReadOnlySpan<byte> script)
    {
        var kind = OutputScript.Classify(script);
        if (kind == ScriptKind.Data)
            return 0;
        var spending = kind is ScriptKind.WitnessKeyHash or ScriptKind.WitnessScriptHash or ScriptKind.Taproot or ScriptKind.Anchor or ScriptKind.FutureWitness
            ? 67
            : 148;
        return FeeRate.DustRelay.Of(OfOutput(script.Length) / 4 + spending);
    }
}
