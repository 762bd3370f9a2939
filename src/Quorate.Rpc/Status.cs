namespace Quorate.Rpc;

/// <summary>How a call ended, with a sentence for people.</summary>
/// <param name="StatusCode">What programs decide by.</param>
/// <param name="Detail">For people. At most 4,096 characters of it travel.</param>
public readonly record struct Status(StatusCode StatusCode, string Detail)
{
    /// <summary>Success.</summary>
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");

    /// <summary>The caller gave up.</summary>
    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    /// <inheritdoc/>
    public override string ToString() => $"Status({StatusCode}, \"{Detail}\")";
}
