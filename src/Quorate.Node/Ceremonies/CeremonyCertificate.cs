using System.Collections.Immutable;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Ceremonies;

/// <summary>
/// Everybody's attestation of one attempt: proof to anybody that its keys are stored wherever they belong. Public and
/// transferable; whether it is what it seems, <see cref="CeremonyRoster.Check"/> tells.
/// </summary>
sealed record CeremonyCertificate(int Number, ImmutableArray<KeyClaim> Claims, ImmutableArray<Attestation> Attestations)
{
    /// <summary>One key for each kind of signature.</summary>
    internal const int MaxKeys = 3;

    /// <summary>The most attempts of one order. Each leaves some records in every journal.</summary>
    internal const int MaxNumber = 256;

    /// <summary>The longest encoding: 64 attestations with three proofs each, and three packages.</summary>
    internal const int MaxSize = 64 << 10;

    const byte FormatVersion = 1;

    internal byte[] Encode()
    {
        using var writer = new WireWriter();
        WriteClaims(writer, Number, Claims);
        writer.UInt16(Attestations.Length);
        foreach (var attestation in Attestations)
            attestation.Write(writer);
        return writer.Written.ToArray();
    }

    /// <exception cref="WireException">The bytes are none.</exception>
    internal static CeremonyCertificate Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var (number, claims) = ReadClaims(ref reader);
        var attestations = new Attestation[reader.Count(GenesisDocument.MaxNodes)];
        for (var i = 0; i < attestations.Length; i++)
            attestations[i] = Attestation.Read(ref reader);
        reader.End();
        return new(number, claims, [.. attestations]);
    }

    internal static byte[] EncodeClaims(int number, ImmutableArray<KeyClaim> claims)
    {
        using var writer = new WireWriter();
        WriteClaims(writer, number, claims);
        return writer.Written.ToArray();
    }

    internal static void WriteClaims(WireWriter writer, int number, ImmutableArray<KeyClaim> claims)
    {
        writer.Byte(FormatVersion);
        writer.UInt64((ulong)number);
        writer.Byte((byte)claims.Length);
        foreach (var claim in claims)
            claim.Write(writer);
    }

    internal static (int Number, ImmutableArray<KeyClaim> Claims) ReadClaims(ref WireReader reader)
    {
        var version = reader.Byte();
        if (version != FormatVersion)
            throw reader.Error($"version {version}, known is {FormatVersion}");
        var number = ReadNumber(ref reader);
        var claims = new KeyClaim[reader.Byte()];
        if (claims.Length > MaxKeys)
            throw reader.Error($"{claims.Length} keys");
        for (var i = 0; i < claims.Length; i++)
            claims[i] = KeyClaim.Read(ref reader);
        return (number, [.. claims]);
    }

    internal static int ReadNumber(ref WireReader reader)
    {
        var number = reader.UInt64();
        return number is >= 1 and <= MaxNumber ? (int)number : throw reader.Error($"attempt {number}");
    }
}
