using System.Collections.Immutable;
using System.Text;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Ceremonies;

/// <summary>What one node asks another about a ceremony. The numbers are part of the wire format.</summary>
enum CeremonyQuestion : byte
{
    /// <summary>What do you know of this order? Whoever is asked judges it and records it.</summary>
    Report = 1,

    /// <summary>Will you join this attempt?</summary>
    Join = 2,

    /// <summary>Have you attested this attempt? If not, promise that you never will.</summary>
    Settle = 3,

    /// <summary>Answer when your part of this attempt has ended, or that it is on its way after all.</summary>
    Await = 4,

    /// <summary>Here is the certificate.</summary>
    Show = 5,

    /// <summary>The attempt has been given up: do not wait for the others.</summary>
    StandDown = 6,
}

/// <summary>A question: every one brings the order with its approvals, so that whoever is asked needs to remember nothing.</summary>
sealed record CeremonyLetter(
    CeremonyQuestion Question, byte[] Order, byte[] Approvals, int Number = 0, AttemptPlan? Plan = null, byte[]? Vow = null, byte[]? Certificate = null)
{
    internal byte[] Encode()
    {
        using var writer = new WireWriter();
        writer.Byte((byte)Question);
        writer.Long(Order);
        writer.Long(Approvals);
        writer.UInt64((ulong)Number);
        writer.Byte(Plan is null ? (byte)0 : (byte)1);
        Plan?.Write(writer);
        writer.Bytes(Vow ?? []);
        writer.Long(Certificate ?? []);
        return writer.Written.ToArray();
    }

    /// <exception cref="WireException">The bytes are none.</exception>
    internal static CeremonyLetter Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var question = (CeremonyQuestion)reader.Byte();
        if (!Enum.IsDefined(question))
            throw reader.Error($"question {(byte)question}");
        var order = reader.Long(CeremonyOrder.MaxSize).ToArray();
        var approvals = reader.Long(CeremonyJudgement.MaxApprovals).ToArray();
        var number = reader.UInt64();
        if (number > CeremonyCertificate.MaxNumber)
            throw reader.Error($"attempt {number}");
        var plan = reader.Byte() switch
        {
            0 => null,
            1 => AttemptPlan.Read(ref reader),
            _ => throw reader.Error("no mark of a plan"),
        };
        var vow = reader.Bytes(Ceremonies.Vow.Size).ToArray();
        var certificate = reader.Long(CeremonyCertificate.MaxSize).ToArray();
        reader.End();
        return new(question, order, approvals, (int)number, plan, vow.Length == 0 ? null : vow, certificate.Length == 0 ? null : certificate);
    }
}

/// <summary>
/// What a node answers. Plans are made of it; whatever counts in it (attestation, vow, certificate) carries the signatures
/// that make it so.
/// </summary>
/// <param name="Refused">Why the node takes no part, in words; empty where it does.</param>
/// <param name="NextNumber">The lowest attempt that it may join.</param>
/// <param name="Attested">The last attempt that it has attested and knows of no vow against; 0 for none.</param>
/// <param name="NextEpoch">The lowest epoch that it takes for a new sharing of the wallet's keys.</param>
/// <param name="HasShares">Whether it can deal or help.</param>
/// <param name="IsDone">Whether it has done what the certificate says.</param>
/// <param name="IsRunning">Whether an attempt is on its way there.</param>
/// <param name="Fault">What ended its last attempt, in words; empty for nothing.</param>
/// <param name="Culprits">Whom it names for it, in ascending order. Its word, and no proof.</param>
/// <param name="IsCertain">Whether it says that they have shown it themselves.</param>
/// <param name="Testimony">Its last attestation, encoded; empty for none.</param>
/// <param name="Vow">Its vow about the attempt it was asked for, encoded; empty for none.</param>
/// <param name="Certificate">The certificate, encoded; empty for none.</param>
sealed record CeremonyReport(
    string Refused, int NextNumber, int Attested, uint NextEpoch, bool HasShares, bool IsDone, bool IsRunning, string Fault, ImmutableArray<PartyId> Culprits, bool IsCertain,
    byte[] Testimony, byte[] Vow, byte[] Certificate)
{
    const int MaxText = 4_000, MaxTestimony = 16 << 10;

    internal byte[] Encode()
    {
        using var writer = new WireWriter();
        Write(writer, Refused);
        writer.UInt64((ulong)NextNumber);
        writer.UInt64((ulong)Attested);
        writer.UInt64(NextEpoch);
        writer.Byte((byte)((HasShares ? 1 : 0) | (IsDone ? 2 : 0) | (IsRunning ? 4 : 0) | (IsCertain ? 8 : 0)));
        Write(writer, Fault);
        writer.UInt16(Culprits.Length);
        foreach (var culprit in Culprits)
            writer.Party(culprit);
        writer.Bytes(Testimony);
        writer.Bytes(Vow);
        writer.Long(Certificate);
        return writer.Written.ToArray();
    }

    /// <exception cref="WireException">The bytes are none.</exception>
    internal static CeremonyReport Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var refused = Text(ref reader);
        var (next, attested, epoch) = (reader.UInt64(), reader.UInt64(), reader.UInt64());
        if (next is 0 or > CeremonyCertificate.MaxNumber + 1 || attested > CeremonyCertificate.MaxNumber || epoch > uint.MaxValue)
            throw reader.Error("a number out of range");
        var marks = reader.Byte();
        if (marks > 15)
            throw reader.Error($"marks {marks}");
        var fault = Text(ref reader);
        var culprits = reader.Parties(GenesisDocument.MaxNodes);
        var report = new CeremonyReport(
            refused, (int)next, (int)attested, (uint)epoch, (marks & 1) != 0, (marks & 2) != 0, (marks & 4) != 0, fault, culprits, (marks & 8) != 0,
            reader.Bytes(MaxTestimony).ToArray(), reader.Bytes(Ceremonies.Vow.Size).ToArray(), reader.Long(CeremonyCertificate.MaxSize).ToArray());
        reader.End();
        return report;
    }

    static void Write(WireWriter writer, string text) => writer.Bytes(Encoding.UTF8.GetBytes(text.Length > 1_000 ? text[..1_000] : text));

    // For people, and escaped wherever it is shown.
    static string Text(ref WireReader reader) => Encoding.UTF8.GetString(reader.Bytes(MaxText));
}

/// <summary>Byte strings longer than the wire format's own.</summary>
static class LongBytes
{
    extension(WireWriter writer)
    {
        internal void Long(ReadOnlySpan<byte> bytes)
        {
            writer.UInt64((ulong)bytes.Length);
            writer.Raw(bytes);
        }
    }

    extension(scoped ref WireReader reader)
    {
        /// <summary>Numbers of nodes in ascending order.</summary>
        internal ImmutableArray<PartyId> Parties(int max)
        {
            var parties = new PartyId[reader.Count(max)];
            for (var i = 0; i < parties.Length; i++)
            {
                parties[i] = reader.Party();
                if (i > 0 && parties[i] <= parties[i - 1])
                    throw reader.Error("numbers not in ascending order");
            }
            return [.. parties];
        }

        internal ReadOnlySpan<byte> Long(int max)
        {
            var length = reader.UInt64();
            return length <= (ulong)max ? reader.Take((int)length) : throw reader.Error($"{length} bytes above the limit of {max}");
        }
    }
}
