using System.Text;
using Quorate.Node.Channel;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Signing;

/// <summary>What a lead sends to prepare one signature, under <see cref="Letters.Topic.Presign"/>.</summary>
/// <param name="Attempt">32 fresh bytes, the session's name.</param>
/// <param name="Wallet">The wallet.</param>
/// <param name="Epoch">Of its key.</param>
/// <param name="Quorum">Who signs.</param>
sealed record PresigningOffer(ReadOnlyMemory<byte> Attempt, string Wallet, uint Epoch, PartySet Quorum)
{
    /// <summary>The only version there is.</summary>
    internal const byte Version = 1;

    /// <summary>Longest name read, in bytes; the wallet's existence is the node's state's to say.</summary>
    const int MaxName = 256;

    internal byte[] Encode()
    {
        using var writer = new WireWriter();
        Write(writer);
        return writer.Written.ToArray();
    }

    internal void Write(WireWriter writer)
    {
        writer.Byte(Version);
        writer.Raw(Attempt.Span);
        writer.Bytes(Encoding.ASCII.GetBytes(Wallet));
        writer.UInt64(Epoch);
        Quorums.Write(writer, Quorum);
    }

    /// <exception cref="WireException">No offer of this version.</exception>
    internal static PresigningOffer Read(ref WireReader reader)
    {
        if (reader.Byte() is not Version and var version)
            throw reader.Error($"an offer of version {version}");
        var attempt = reader.Take(SessionDescription.AttemptSize).ToArray();
        var name = reader.Bytes(MaxName);
        if (name.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e))
            throw reader.Error("no name");
        var wallet = Encoding.ASCII.GetString(name);
        var epoch = reader.UInt64();
        return epoch <= uint.MaxValue ? new(attempt, wallet, (uint)epoch, Quorums.Read(ref reader)) : throw reader.Error($"epoch {epoch}");
    }
}

/// <summary>Quorums as bytes.</summary>
static class Quorums
{
    internal static void Write(WireWriter writer, PartySet quorum)
    {
        writer.UInt16(quorum.Count);
        foreach (var party in quorum)
            writer.Party(party);
    }

    /// <summary>At least two parties in ascending order.</summary>
    internal static PartySet Read(ref WireReader reader)
    {
        var parties = ReadParties(ref reader);
        return parties.Length >= 2 ? new(parties) : throw reader.Error("a quorum of less than two");
    }

    /// <summary>Parties in ascending order.</summary>
    internal static PartyId[] ReadParties(ref WireReader reader)
    {
        var parties = new PartyId[reader.Count(PartySet.MaxCount)];
        foreach (ref var party in parties.AsSpan())
            party = reader.Party();
        for (var i = 1; i < parties.Length; i++)
            if (parties[i - 1] >= parties[i])
                throw reader.Error("parties out of order");
        return parties;
    }
}
