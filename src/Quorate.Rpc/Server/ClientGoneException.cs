namespace Quorate.Rpc.Server;

/// <summary>The transport failed under a read. A method sees it as the cancellation that it is.</summary>
sealed class ClientGoneException(IOException inner) : OperationCanceledException("The client has gone.", inner);
