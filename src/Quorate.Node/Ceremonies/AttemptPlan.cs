using System.Collections.Immutable;
using Quorate.Cryptography.Hashing;
using Quorate.Node.Channel;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Ceremonies;

/// <summary>
/// What the lead proposes for one attempt. Nobody believes it: whoever joins judges it, and all of it is the subject of
/// every session of the attempt, so that nodes with different plans never begin.
/// </summary>
/// <param name="Number">Which attempt of the order, from 1.</param>
/// <param name="Attempt">32 fresh bytes, by which the sessions find each other.</param>
/// <param name="Epoch">Of the sharing that is made; of a repair the one in force; 0 where there is none.</param>
/// <param name="Dealers">Who deals or helps; empty where nobody does.</param>
/// <param name="Keys">The public packages that it starts from; empty where there are none.</param>
sealed record AttemptPlan(int Number, byte[] Attempt, uint Epoch, ImmutableArray<PartyId> Dealers, ImmutableArray<byte[]> Keys)
{
    const int MaxPackage = 4_096;

    /// <summary>The name of one of its sessions.</summary>
    internal byte[] SessionName(string step)
    {
        using var transcript = new Transcript(Tags.CeremonySession);
        return transcript.Append(Attempt).Append(step).Digest();
    }

    /// <summary>What one of its sessions is about.</summary>
    internal byte[] Subject(Digest order, string step)
    {
        using var writer = new WireWriter();
        Write(writer);
        using var transcript = new Transcript(Tags.CeremonySubject);
        return transcript.Append(order.ToArray()).Append(writer.Written).Append(step).Digest();
    }

    internal void Write(WireWriter writer)
    {
        writer.UInt64((ulong)Number);
        writer.Raw(Attempt);
        writer.UInt64(Epoch);
        writer.UInt16(Dealers.Length);
        foreach (var dealer in Dealers)
            writer.Party(dealer);
        writer.Byte((byte)Keys.Length);
        foreach (var key in Keys)
            writer.Bytes(key);
    }

    /// <exception cref="WireException">The bytes are none.</exception>
    internal static AttemptPlan Read(ref WireReader reader)
    {
        var number = CeremonyCertificate.ReadNumber(ref reader);
        var attempt = reader.Take(SessionDescription.AttemptSize).ToArray();
        var epoch = reader.UInt64();
        if (epoch > uint.MaxValue)
            throw reader.Error($"epoch {epoch}");
        var dealers = reader.Parties(GenesisDocument.MaxNodes);
        var keys = new byte[reader.Byte()][];
        if (keys.Length > CeremonyCertificate.MaxKeys)
            throw reader.Error($"{keys.Length} keys");
        for (var i = 0; i < keys.Length; i++)
            keys[i] = reader.Bytes(MaxPackage).ToArray();
        return new(number, attempt, (uint)epoch, dealers, [.. keys]);
    }
}
