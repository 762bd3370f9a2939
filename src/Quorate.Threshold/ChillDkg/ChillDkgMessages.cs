using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.ChillDkg;

/// <summary>Round 1, to the coordinator: pmsg1. Its length depends on the session's parameters; the script decodes it.</summary>
public sealed record Contribution(byte[] Message) : IMessage<Contribution>
{
    /// <inheritdoc/>
    public static int MaxSize => ParticipantMessage1.Size(SessionParameters.MaxCount, SessionParameters.MaxCount);

    /// <inheritdoc/>
    public void Write(WireWriter writer) => writer.Raw(Message);

    /// <inheritdoc/>
    public static Contribution Read(ref WireReader reader) => new(reader.Take(reader.Remaining).ToArray());
}

/// <summary>Round 2, from the coordinator to all: cmsg1.</summary>
public sealed record Aggregate(byte[] Message) : IMessage<Aggregate>
{
    /// <inheritdoc/>
    public static int MaxSize => CoordinatorMessage1.Size(SessionParameters.MaxCount, SessionParameters.MaxCount);

    /// <inheritdoc/>
    public void Write(WireWriter writer) => writer.Raw(Message);

    /// <inheritdoc/>
    public static Aggregate Read(ref WireReader reader) => new(reader.Take(reader.Remaining).ToArray());
}

/// <summary>Round 3, to the coordinator: pmsg2, the signature on the transcript, or null to complain of a share that does not fit.</summary>
public sealed record Agreement(byte[]? Signature) : IMessage<Agreement>
{
    /// <inheritdoc/>
    public static int MaxSize => 1 + CertEq.SignatureSize;

    /// <inheritdoc/>
    public void Write(WireWriter writer)
    {
        writer.Byte(Signature is null ? (byte)1 : (byte)0);
        writer.Raw(Signature);
    }

    /// <inheritdoc/>
    public static Agreement Read(ref WireReader reader) => reader.Byte() switch
    {
        0 => new(reader.Take(CertEq.SignatureSize).ToArray()),
        1 => new(Signature: null),
        var kind => throw reader.Error($"kind {kind}"),
    };
}

/// <summary>
/// Round 4, from the coordinator: cmsg2, the success certificate, or after a complaint cinv, the investigation message of
/// its recipient. One of them is null.
/// </summary>
public sealed record Conclusion(byte[]? Certificate, byte[]? Investigation) : IMessage<Conclusion>
{
    /// <inheritdoc/>
    public static int MaxSize => 1 + InvestigationMessage.Size(SessionParameters.MaxCount);

    /// <inheritdoc/>
    public void Write(WireWriter writer)
    {
        writer.Byte(Certificate is null ? (byte)1 : (byte)0);
        writer.Raw(Certificate ?? Investigation);
    }

    /// <inheritdoc/>
    public static Conclusion Read(ref WireReader reader) => reader.Byte() switch
    {
        0 => new(reader.Take(reader.Remaining).ToArray(), null),
        1 => new(null, reader.Take(reader.Remaining).ToArray()),
        var kind => throw reader.Error($"kind {kind}"),
    };
}
