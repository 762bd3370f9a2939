using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Quorate.Rpc.V1;

namespace Quorate.Rpc;

/// <summary>Statuses with typed details: google.rpc.Status in the trailer grpc-status-details-bin.</summary>
public static class RichStatus
{
    /// <summary>An exception that carries the status with its details.</summary>
    /// <exception cref="ArgumentException">The status is success.</exception>
    public static RpcException ToRpcException(this Google.Rpc.Status status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return new(new((StatusCode)status.Code, status.Message), new() { { Metadata.StatusDetails, status.ToByteArray() } });
    }

    /// <summary>An exception that says what went wrong to people and to programs.</summary>
    public static RpcException ToRpcException(this Problem problem, StatusCode code, string detail) =>
        new Google.Rpc.Status { Code = (int)code, Message = detail, Details = { Any.Pack(problem) } }.ToRpcException();

    /// <summary>The status with its details, if the other side sent a readable one that says the same code; else null.</summary>
    public static Google.Rpc.Status? GetRpcStatus(this RpcException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (exception.Trailers.GetValueBytes(Metadata.StatusDetails) is not { } bytes)
            return null;
        try
        {
            var status = Google.Rpc.Status.Parser.ParseFrom(bytes);
            return status.Code == (int)exception.StatusCode ? status : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>The problem among the status' details; null if there is none.</summary>
    public static Problem? GetProblem(this RpcException exception)
    {
        foreach (var detail in exception.GetRpcStatus()?.Details ?? [])
        {
            try
            {
                if (detail.TryUnpack<Problem>(out var problem))
                    return problem;
            }
            catch (InvalidProtocolBufferException)
            {
                return null;
            }
        }
        return null;
    }
}
