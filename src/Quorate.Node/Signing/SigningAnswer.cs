using System.Collections.Immutable;
using System.Text;
using Quorate.Node.Gate;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Signing;

/// <summary>
/// What a node answers to an offer. Closed. It binds nobody: whoever says that it joins may stay away, and what a refusal
/// says is for people.
/// </summary>
abstract record SigningAnswer
{
    /// <summary>The only version there is.</summary>
    internal const byte Version = 1;

    /// <summary>The longest detail in bytes of UTF-8; longer ones are cut.</summary>
    internal const int MaxDetail = 1024;

    SigningAnswer() { }

    /// <summary>The node has permitted the same and takes part.</summary>
    internal sealed record Joining : SigningAnswer;

    /// <summary>The node's gate refuses.</summary>
    internal sealed record Refused(Refusal Reason, string Detail) : SigningAnswer;

    /// <summary>The node does not sign together with these any more; the lead may be one of them.</summary>
    internal sealed record Apart(ImmutableArray<PartyId> Parties) : SigningAnswer;

    /// <summary>The node does as much as it does at a time.</summary>
    internal sealed record Busy : SigningAnswer;

    /// <summary>The node does not have the presignatures that the offer names.</summary>
    internal sealed record NoPresignature : SigningAnswer;

    /// <summary>The node can not take part in this: it has no share that signs, or is not of the quorum.</summary>
    internal sealed record Unable(string Detail) : SigningAnswer;

    /// <summary>For the list of those who declined.</summary>
    public sealed override string ToString() => this switch
    {
        Refused refused => $"{refused.Reason}: {refused.Detail}",
        Apart apart => $"Banned: {string.Join(", ", apart.Parties)}",
        Unable unable => $"Unable: {unable.Detail}",
        _ => GetType().Name,
    };

    internal void Write(WireWriter writer)
    {
        writer.Byte(Version);
        switch (this)
        {
            case Joining:
                writer.Byte(1);
                break;
            case Refused refused:
                writer.Byte(2);
                writer.Byte((byte)refused.Reason);
                writer.Bytes(Cut(refused.Detail));
                break;
            case Apart apart:
                writer.Byte(3);
                writer.UInt16(apart.Parties.Length);
                foreach (var party in apart.Parties)
                    writer.Party(party);
                break;
            case Busy:
                writer.Byte(4);
                break;
            case NoPresignature:
                writer.Byte(5);
                break;
            case Unable unable:
                writer.Byte(6);
                writer.Bytes(Cut(unable.Detail));
                break;
        }
    }

    /// <exception cref="WireException">No answer of this version.</exception>
    internal static SigningAnswer Read(ref WireReader reader)
    {
        if (reader.Byte() is not Version and var version)
            throw reader.Error($"an answer of version {version}");
        return reader.Byte() switch
        {
            1 => new Joining(),
            2 => new Refused(ReadReason(ref reader), ReadDetail(ref reader)),
            3 => new Apart(ReadParties(ref reader)),
            4 => new Busy(),
            5 => new NoPresignature(),
            6 => new Unable(ReadDetail(ref reader)),
            var kind => throw reader.Error($"an answer of kind {kind}"),
        };
    }

    internal byte[] Encode()
    {
        using var writer = new WireWriter();
        Write(writer);
        return writer.Written.ToArray();
    }

    /// <summary>Reads an answer; null where it is none, which is the peer's fault.</summary>
    internal static SigningAnswer? Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new WireReader(bytes);
            var answer = Read(ref reader);
            reader.End();
            return answer;
        }
        catch (WireException)
        {
            return null;
        }
    }

    static Refusal ReadReason(ref WireReader reader)
    {
        var reason = (Refusal)reader.Byte();
        return Enum.IsDefined(reason) ? reason : throw reader.Error($"reason {(byte)reason}");
    }

    static ImmutableArray<PartyId> ReadParties(ref WireReader reader)
    {
        var parties = new PartyId[reader.Count(PartySet.MaxCount)];
        foreach (ref var party in parties.AsSpan())
            party = reader.Party();
        for (var i = 1; i < parties.Length; i++)
            if (parties[i - 1] >= parties[i])
                throw reader.Error("parties out of order");
        return parties.Length > 0 ? [.. parties] : throw reader.Error("nobody");
    }

    // Text for people, from somebody who may be hostile: it goes to logs and terminals.
    static string ReadDetail(ref WireReader reader)
    {
        var bytes = reader.Bytes(MaxDetail);
        try
        {
            var text = strict.GetString(bytes);
            return text.Any(char.IsControl) ? throw reader.Error("control characters") : text;
        }
        catch (DecoderFallbackException)
        {
            throw reader.Error("no UTF-8");
        }
    }

    static byte[] Cut(string detail)
    {
        var bytes = new byte[MaxDetail];
        var text = string.Concat(detail.EnumerateRunes().Select(rune => Rune.IsControl(rune) ? " " : rune.ToString()));
        Encoding.UTF8.GetEncoder().Convert(text, bytes, flush: true, out _, out var written, out _);
        return bytes[..written];
    }

    static readonly UTF8Encoding strict = new(false, throwOnInvalidBytes: true);
}
