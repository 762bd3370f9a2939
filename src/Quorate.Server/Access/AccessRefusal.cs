using Quorate.Rpc;
using Quorate.Rpc.V1;

namespace Quorate.Server.Access;

/// <summary>Why a call is not let through, with codes that programs act on.</summary>
static class AccessRefusal
{
    /// <summary>Who calls is not known.</summary>
    internal static RpcException Unauthenticated(string code, string detail, bool isRetryable = false) =>
        new Problem { Code = code, Retryable = isRetryable }.ToRpcException(StatusCode.Unauthenticated, detail);

    /// <summary>Who calls is known, and may not.</summary>
    internal static RpcException Forbidden(string code, string detail) => new Problem { Code = code }.ToRpcException(StatusCode.PermissionDenied, detail);

    /// <summary>The request is wrong in what stands around it.</summary>
    internal static RpcException Invalid(string code, string detail, int httpStatus = 400) =>
        new Problem { Code = code, HttpStatus = httpStatus }.ToRpcException(StatusCode.InvalidArgument, detail);
}
