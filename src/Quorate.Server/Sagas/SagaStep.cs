using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>What is to be done next for a transfer. Closed. Every step may be done twice, by one server or two.</summary>
abstract record SagaStep
{
    /// <summary>Nothing, ever.</summary>
    internal sealed record Done : SagaStep;

    /// <summary>Nothing before this time, unless something happens.</summary>
    internal sealed record Wait(DateTimeOffset Until) : SagaStep;

    /// <summary>Do with a reservation what was decided about it.</summary>
    internal sealed record Settle(NotedReservation Reservation) : SagaStep;

    /// <summary>Reserve and build.</summary>
    internal sealed record Plan(TransactionPurpose Purpose) : SagaStep;

    /// <summary>Ask the server's copy of the policy.</summary>
    internal sealed record Judge(int Transaction) : SagaStep;

    /// <summary>Let it be signed.</summary>
    internal sealed record Queue : SagaStep;

    /// <summary>Bind it in its lane, and write down that a node is asked.</summary>
    internal sealed record BeginSigning(int Transaction, int Attempt) : SagaStep;

    /// <summary>Ask the node.</summary>
    internal sealed record AskNode(int Transaction, int Attempt) : SagaStep;

    /// <summary>Give a try up that got no answer.</summary>
    internal sealed record GiveUpSigning(int Transaction, int Attempt) : SagaStep;

    /// <summary>Write down that it is given to the network.</summary>
    internal sealed record BeginBroadcast(int Transaction) : SagaStep;

    /// <summary>Give it to the network.</summary>
    internal sealed record Broadcast(int Transaction) : SagaStep;

    /// <summary>Look what the chain shows of everything that is signed.</summary>
    internal sealed record Track : SagaStep;

    /// <summary>Give the current transaction up, beside which another goes on.</summary>
    internal sealed record Withdraw(int Transaction, string Reason) : SagaStep;

    /// <summary>Its time is over.</summary>
    internal sealed record Expire : SagaStep;

    /// <summary>It can not be done.</summary>
    internal sealed record Fail(string Reason) : SagaStep;

    /// <summary>None of its transactions can confirm, and there is no time for another.</summary>
    internal sealed record Drop : SagaStep;
}
