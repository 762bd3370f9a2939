namespace Quorate.Server.Sagas;

/// <summary>How long steps may take, how often they are tried, and how much is under way at once.</summary>
sealed record SagaOptions
{
    /// <summary>How long a node may take to sign: its own limit for a request is three minutes.</summary>
    public TimeSpan SigningTimeout { get; init; } = TimeSpan.FromMinutes(3.5);

    /// <summary>How long the network may take to say yes or no to a broadcast.</summary>
    public TimeSpan BroadcastTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a cancellation is good for, where the transfer itself is not for longer: it takes approvals of its own.</summary>
    public TimeSpan CancellationLifetime { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long a transfer may wait for its turn to be signed.</summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a transfer may take to be planned, where nobody says otherwise.</summary>
    public TimeSpan PlanningTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often the queue is looked at while nothing is due.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often lanes are put in order.</summary>
    public TimeSpan TidyEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a server that stops waits for what is under way before it interrupts it. A node that was asked to sign is asked again by the next.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the chain is asked about what it has.</summary>
    public TimeSpan TrackEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the policy is asked again while approvals are gathered; an approval that comes asks at once.</summary>
    public TimeSpan ApprovalsEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How soon a transfer that waits for a place in a full lane looks again, where it has not heard that something got free;
    /// and how often the chain is asked because of those who wait.
    /// </summary>
    public TimeSpan PlaceEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Wait before a step is tried again, doubled with every failure in a row.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest such wait.</summary>
    public TimeSpan LastRetry { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long an unsigned transfer may keep signed ones behind its nonce waiting. Then it loses the nonce, and has to be
    /// approved anew under another.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Confirmations from which a transfer counts as confirmed.</summary>
    public ulong Confirmations { get; init; } = 1;

    /// <summary>Confirmations from which a failure on the chain counts as final.</summary>
    public ulong FinalConfirmations { get; init; } = 64;

    /// <summary>Blocks for which a Solana blockhash must still be good when nodes are asked to sign: about 15 seconds.</summary>
    public ulong FreshHeights { get; init; } = 40;

    /// <summary>How long a server that claims a transfer has it for itself: longer than any step.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Transfers that one server works on at a time.</summary>
    public int MaxClaimed { get; init; } = 32;

    /// <summary>Steps that one claim may make before others have their turn.</summary>
    public int MaxSteps { get; init; } = 32;
}
