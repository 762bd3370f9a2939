namespace Quorate.Server.Access;

/// <summary>What has come once. Of one process, or of all servers on a PostgreSQL database.</summary>
interface ISeenNonces
{
    /// <summary>Whether it has not come before; from now on it has.</summary>
    /// <param name="nonce">Unlike all others of its time.</param>
    /// <param name="until">When it may be forgotten.</param>
    /// <param name="changes">Whether the request may change anything.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Rpc.RpcException">It cannot be known now.</exception>
    Task<bool> IsNewAsync(string nonce, DateTimeOffset until, bool changes, CancellationToken cancellation);
}
