namespace Quorate.Chains.Bitcoin;

/// <summary>The standard forms of an output's script.</summary>
public enum ScriptKind
{
    /// <summary>No standard form.</summary>
    NonStandard = 0,

    /// <summary>Pays a public key: <c>key CHECKSIG</c>.</summary>
    PublicKey,

    /// <summary>Pays the hash of a public key (P2PKH).</summary>
    KeyHash,

    /// <summary>Pays the hash of a script (P2SH, BIP 16).</summary>
    ScriptHash,

    /// <summary>Witness version 0, hash of a public key (P2WPKH, BIP 141).</summary>
    WitnessKeyHash,

    /// <summary>Witness version 0, hash of a script (P2WSH, BIP 141).</summary>
    WitnessScriptHash,

    /// <summary>Witness version 1, an output key (P2TR, BIP 341).</summary>
    Taproot,

    /// <summary>The anchor that anybody may spend (P2A): witness version 1, program 4e73.</summary>
    Anchor,

    /// <summary>A witness version or length without rules yet: anybody can spend it today.</summary>
    FutureWitness,

    /// <summary>m of at most three public keys, bare.</summary>
    Multisig,

    /// <summary>Unspendable, with data: <c>RETURN</c> and pushes.</summary>
    Data,
}

/// <summary>What an output's script is, and scripts to pay with.</summary>
static class OutputScript
{
    internal const byte Op0 = 0x00, PushData1 = 0x4c, PushData2 = 0x4d, PushData4 = 0x4e, Op1Negate = 0x4f, Op1 = 0x51, Op16 = 0x60;
    internal const byte Return = 0x6a, Dup = 0x76, Equal = 0x87, EqualVerify = 0x88, Hash160 = 0xa9, CheckSig = 0xac, CheckMultisig = 0xae;

    /// <summary>Nodes relay bare multisignatures of up to three keys.</summary>
    const int MaxMultisigKeys = 3;

    internal static ReadOnlySpan<byte> AnchorScript => [Op1, 2, 0x4e, 0x73];

    /// <summary>The form, and what it carries: a key, a hash or a witness program; all of the script for the last two kinds.</summary>
    internal static ScriptKind Classify(ReadOnlySpan<byte> script, out ReadOnlySpan<byte> program)
    {
        program = script;
        switch (script)
        {
            case [Op0, 20, ..] when script.Length == 22:
                program = script[2..];
                return ScriptKind.WitnessKeyHash;
            case [Op1, 32, ..] when script.Length == 34:
                program = script[2..];
                return ScriptKind.Taproot;
            case [Op0, 32, ..] when script.Length == 34:
                program = script[2..];
                return ScriptKind.WitnessScriptHash;
            case [Dup, Hash160, 20, .., EqualVerify, CheckSig] when script.Length == 25:
                program = script[3..^2];
                return ScriptKind.KeyHash;
            case [Hash160, 20, .., Equal] when script.Length == 23:
                program = script[2..^1];
                return ScriptKind.ScriptHash;
            case [Return, ..]:
                return IsPushOnly(script[1..]) ? ScriptKind.Data : ScriptKind.NonStandard;
            case [33 or 65, .., CheckSig] when IsKey(script[1..^1]) && script.Length == script[0] + 2:
                program = script[1..^1];
                return ScriptKind.PublicKey;
            case [>= Op1 and <= Op16, >= 2 and <= 40, ..] when script.Length == script[1] + 2:
                program = script[2..];
                return script.SequenceEqual(AnchorScript) ? ScriptKind.Anchor : ScriptKind.FutureWitness;
            case [>= Op1 and < Op1 + MaxMultisigKeys, .., CheckMultisig] when IsMultisig(script):
                return ScriptKind.Multisig;
            default:
                return ScriptKind.NonStandard;
        }
    }

    /// <summary>The form alone.</summary>
    internal static ScriptKind Classify(ReadOnlySpan<byte> script) => Classify(script, out _);

    internal static byte[] KeyHash(ReadOnlySpan<byte> hash) => [Dup, Hash160, 20, .. hash, EqualVerify, CheckSig];

    internal static byte[] ScriptHash(ReadOnlySpan<byte> hash) => [Hash160, 20, .. hash, Equal];

    internal static byte[] Witness(int version, ReadOnlySpan<byte> program) =>
        [version == 0 ? Op0 : (byte)(Op1 - 1 + version), (byte)program.Length, .. program];

    internal static byte[] PublicKey(ReadOnlySpan<byte> key) => [(byte)key.Length, .. key, CheckSig];

    internal static byte[] Multisig(int threshold, IReadOnlyList<byte[]> keys) =>
        [(byte)(Op1 - 1 + threshold), .. keys.SelectMany(key => (byte[])[(byte)key.Length, .. key]), (byte)(Op1 - 1 + keys.Count), CheckMultisig];

    /// <summary>RETURN and one push.</summary>
    internal static byte[] Data(ReadOnlySpan<byte> data) => data.Length < PushData1
        ? [Return, (byte)data.Length, .. data]
        : [Return, PushData1, (byte)data.Length, .. data];

    /// <summary>Whether bytes are the encoding of a key by their form; whether it is on the curve only its spender must know.</summary>
    internal static bool IsKey(ReadOnlySpan<byte> key) => key is [2 or 3, ..] && key.Length == 33 || key is [4, ..] && key.Length == 65;

    /// <summary>The threshold and the keys of a bare multisignature.</summary>
    internal static (int Threshold, byte[][] Keys) ReadMultisig(ReadOnlySpan<byte> script)
    {
        List<byte[]> keys = [];
        for (var rest = script[1..^2]; !rest.IsEmpty; rest = rest[(1 + rest[0])..])
            keys.Add(rest.Slice(1, rest[0]).ToArray());
        return (script[0] - Op1 + 1, [.. keys]);
    }

    static bool IsMultisig(ReadOnlySpan<byte> script)
    {
        if (script.Length < 4)
            return false;
        var keys = 0;
        var rest = script[1..^2];
        while (!rest.IsEmpty)
        {
            if (rest[0] is not (33 or 65) || rest.Length <= rest[0] || !IsKey(rest.Slice(1, rest[0])))
                return false;
            rest = rest[(1 + rest[0])..];
            keys++;
        }
        return keys <= MaxMultisigKeys && script[^2] == Op1 - 1 + keys && script[0] - Op1 + 1 <= keys;
    }

    static bool IsPushOnly(ReadOnlySpan<byte> script)
    {
        while (!script.IsEmpty)
        {
            if (!TryReadPush(ref script, out _))
                return false;
        }
        return true;
    }

    /// <summary>Takes one push off the front: what it leaves on the stack. False for anything else, a cut-off push included.</summary>
    internal static bool TryReadPush(ref ReadOnlySpan<byte> script, out ReadOnlySpan<byte> data)
    {
        data = default;
        var op = script[0];
        var rest = script[1..];
        switch (op)
        {
            case >= Op1 and <= Op16:
                data = SmallNumbers.Slice(op - Op1, 1);
                script = rest;
                return true;
            case Op1Negate:
                data = SmallNumbers[^1..];
                script = rest;
                return true;
        }
        int length, sizeLength;
        switch (op)
        {
            case < PushData1:
                (length, sizeLength) = (op, 0);
                break;
            case PushData1 when rest.Length >= 1:
                (length, sizeLength) = (rest[0], 1);
                break;
            case PushData2 when rest.Length >= 2:
                (length, sizeLength) = (rest[0] | rest[1] << 8, 2);
                break;
            case PushData4 when rest.Length >= 4 && rest[3] == 0:
                (length, sizeLength) = (rest[0] | rest[1] << 8 | rest[2] << 16, 4);
                break;
            default:
                return false;
        }
        if (rest.Length - sizeLength < length)
            return false;
        data = rest.Slice(sizeLength, length);
        script = rest[(sizeLength + length)..];
        return true;
    }

    // 1 to 16, and −1.
    static ReadOnlySpan<byte> SmallNumbers => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0x81];
}
