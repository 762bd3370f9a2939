using System.Collections.Immutable;
using Quorate.Node.Channel;
using Quorate.Node.Gate;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Signing;

/// <summary>
/// What a node that leads a request sends to the others of a quorum: everything that they need to judge it themselves, and
/// nothing that they believe. Reading it yields values of the right shape; what they are worth is the gate's to say.
/// </summary>
/// <param name="Attempt">32 fresh bytes; the sessions' own names follow from it.</param>
/// <param name="Quorum">Who signs.</param>
/// <param name="Inputs">Which signatures of the intent, ascending.</param>
/// <param name="Presignatures">The presignature for each input; empty where they are made without.</param>
/// <param name="Request">What is to be signed.</param>
sealed record SigningOffer(
    ReadOnlyMemory<byte> Attempt, PartySet Quorum, ImmutableArray<int> Inputs, ImmutableArray<Digest> Presignatures, SigningRequest Request)
{
    /// <summary>The only version there is.</summary>
    internal const byte Version = 1;

    const byte OfferKind = 1;
    const byte WithdrawalKind = 2;

    /// <summary>The name of one input's session.</summary>
    internal byte[] AttemptOf(int input) => AttemptOf(Attempt.Span, input);

    /// <summary>The name of one input's session in an attempt.</summary>
    internal static byte[] AttemptOf(ReadOnlySpan<byte> attempt, int input)
    {
        using var writer = new WireWriter();
        writer.UInt64((ulong)input);
        return SessionId.Derive(attempt.ToArray(), writer.Written.ToArray()).AsSpan().ToArray();
    }

    internal byte[] Encode()
    {
        using var writer = new WireWriter();
        Write(writer);
        return writer.Written.ToArray();
    }

    /// <summary>The word that an attempt is not gone on with, from the node that offered it.</summary>
    internal static byte[] EncodeWithdrawal(ReadOnlySpan<byte> attempt)
    {
        using var writer = new WireWriter();
        writer.Byte(Version);
        writer.Byte(WithdrawalKind);
        writer.Raw(attempt);
        return writer.Written.ToArray();
    }

    /// <summary>Reads what came under <see cref="Letters.Topic.Sign"/>: an offer, or the attempt that is withdrawn.</summary>
    /// <exception cref="WireException">Neither, or of another version.</exception>
    internal static (SigningOffer? Offer, byte[]? Withdrawn) Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [Version, WithdrawalKind, .. var attempt])
            return attempt.Length == SessionDescription.AttemptSize ? (null, attempt.ToArray()) : throw new WireException(2, "no attempt");
        var reader = new WireReader(bytes);
        var offer = Read(ref reader);
        reader.End();
        return (offer, null);
    }

    internal void Write(WireWriter writer)
    {
        writer.Byte(Version);
        writer.Byte(OfferKind);
        writer.Raw(Attempt.Span);
        Quorums.Write(writer, Quorum);
        writer.UInt16(Inputs.Length);
        foreach (var input in Inputs)
            writer.UInt64((ulong)input);
        writer.UInt16(Presignatures.Length);
        foreach (var presignature in Presignatures)
            writer.Raw(presignature.ToArray());
        Write(writer, Request.Payload, Request.Intent);
        Block(writer, ApprovalJson.Write(Request.Approvals));
        writer.Byte((byte)(Request.Original is null ? 0 : 1));
        if (Request.Original is { } original)
            Write(writer, original.Payload, original.Intent);
    }

    static void Write(WireWriter writer, SigningPayload payload, Intent intent)
    {
        writer.Byte((byte)payload.Kind);
        Block(writer, payload.Bytes.Span);
        Block(writer, IntentJson.Write(intent));
    }

    /// <exception cref="WireException">No offer of this version.</exception>
    internal static SigningOffer Read(ref WireReader reader)
    {
        if (reader.Byte() is not Version and var version)
            throw reader.Error($"an offer of version {version}");
        if (reader.Byte() is not OfferKind and var kind)
            throw reader.Error($"kind {kind}");
        var attempt = reader.Take(SessionDescription.AttemptSize).ToArray();
        var quorum = Quorums.Read(ref reader);
        var inputs = ReadInputs(ref reader);
        var presignatures = new Digest[reader.Count(inputs.Length)];
        foreach (ref var presignature in presignatures.AsSpan())
            presignature = new(reader.Take(SessionId.Size));
        if (presignatures.Length != 0 && presignatures.Distinct().Count() != inputs.Length)
            throw reader.Error($"{presignatures.Length} presignatures for {inputs.Length} inputs, each of which takes its own");
        var (payload, intent) = ReadAsked(ref reader);
        var approvals = ReadJson(ref reader, ApprovalJson.MaxSize, bytes => ApprovalJson.Parse(bytes), list => ApprovalJson.Write(list));
        var original = reader.Byte() switch
        {
            0 => null,
            1 => ReadOriginal(ref reader),
            var other => throw reader.Error($"{other} originals"),
        };
        return new(attempt, quorum, inputs, [.. presignatures], new(intent, payload, approvals, original));
    }

    static ReplacedRequest ReadOriginal(ref WireReader reader)
    {
        var (payload, intent) = ReadAsked(ref reader);
        return new(intent, payload);
    }

    static (SigningPayload Payload, Intent Intent) ReadAsked(ref WireReader reader)
    {
        var form = (PayloadKind)reader.Byte();
        if (!Enum.IsDefined(form))
            throw reader.Error($"a payload of kind {(byte)form}");
        var payload = Block(ref reader, SigningPayload.MaxSize).ToArray();
        return (new(form, payload), ReadJson(ref reader, IntentJson.MaxSize, bytes => IntentJson.Parse(bytes), IntentJson.Write));
    }

    static ImmutableArray<int> ReadInputs(ref WireReader reader)
    {
        var inputs = new int[reader.Count(Intent.MaxSignatures)];
        for (var i = 0; i < inputs.Length; i++)
        {
            var input = reader.UInt64();
            if (input > int.MaxValue || (i > 0 && (int)input <= inputs[i - 1]))
                throw reader.Error("inputs out of order");
            inputs[i] = (int)input;
        }
        return inputs.Length > 0 ? [.. inputs] : throw reader.Error("no input");
    }

    delegate T Parsing<T>(ReadOnlySpan<byte> utf8);

    // One spelling only, so that an offer is the same bytes whoever encodes it.
    static T ReadJson<T>(ref WireReader reader, int max, Parsing<T> parse, Func<T, byte[]> write)
    {
        var bytes = Block(ref reader, max);
        T value;
        try
        {
            value = parse(bytes);
        }
        catch (DocumentException problem)
        {
            throw reader.Error(problem.Message);
        }
        return write(value).AsSpan().SequenceEqual(bytes) ? value : throw reader.Error("JSON in another spelling");
    }

    static void Block(WireWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.UInt64((ulong)bytes.Length);
        writer.Raw(bytes);
    }

    static ReadOnlySpan<byte> Block(ref WireReader reader, int max)
    {
        var length = reader.UInt64();
        return length <= (ulong)max ? reader.Take((int)length) : throw reader.Error($"{length} bytes, above the limit of {max}");
    }
}
