namespace Quorate.Rpc;

/// <summary>A call that did not end with <see cref="StatusCode.OK"/>. A service throws it to answer a status; a client gets it.</summary>
public sealed class RpcException : Exception
{
    /// <summary>An exception with the status' sentence as its message.</summary>
    /// <param name="status">The status; of a service, the one to answer.</param>
    /// <param name="trailers">Metadata that goes with it; none when null.</param>
    /// <param name="inner">What caused it. It does not travel.</param>
    /// <exception cref="ArgumentException">The status is success.</exception>
    public RpcException(Status status, Metadata? trailers = null, Exception? inner = null)
        : base(status.ToString(), inner)
    {
        if (status.StatusCode == StatusCode.OK)
            throw new ArgumentException("Success is not an exception.", nameof(status));
        (Status, Trailers) = (status, trailers ?? []);
    }

    /// <summary>How the call ended.</summary>
    public Status Status { get; }

    /// <summary>The status' code.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>The metadata that came, or is to go, with the status.</summary>
    public Metadata Trailers { get; }

    internal static RpcException Because(StatusCode code, string detail, Exception? inner = null) => new(new(code, detail), null, inner);
}
