using Quorate.Chains;
using Quorate.Server.Lanes;
using Quorate.Server.Sagas;
using Quorate.Server.Transfers;
using Quorate.Testing;

namespace Quorate.Server.Tests.Sagas;

/// <summary>A chain that does what chains do, the desk over it, and who is paid there: what differs between simulations.</summary>
abstract class SagaWorld
{
    /// <summary>Who plays along.</summary>
    internal abstract SagaScene Scene { get; }

    /// <summary>The desk of one run of a server.</summary>
    internal abstract ITransferDesk Desk(Turns turns, Turns.Life life, IEventLog log, SagaOptions options, ManualTime time);

    /// <summary>What a transfer may cost.</summary>
    internal abstract Amount MaxFee { get; }

    /// <summary>Blocks from which nothing is reorganised.</summary>
    internal abstract ulong FinalDepth { get; }

    /// <summary>Whether the node does not answer.</summary>
    internal bool IsAway { get; set; }

    /// <summary>Fees as low as they get.</summary>
    internal abstract void Calm();

    /// <summary>Another block; a slow one takes nothing in.</summary>
    internal abstract void Mine(bool isSlow);

    /// <summary>The pool loses something.</summary>
    internal abstract void Drop();

    /// <summary>Blocks that are not final are taken back.</summary>
    internal abstract void Reorganise(int depth);

    /// <summary>Fees jump.</summary>
    internal abstract void ChangeFees();

    /// <summary>A wish that is not every day's: named coins, another asset. Null for none.</summary>
    internal virtual TransferSubject? Special(TransferSubject.Payment wish, Random random) => null;

    /// <summary>Whether the chain has carried a transaction out.</summary>
    internal abstract bool IsMined(PreparedTransaction prepared);

    /// <summary>What an address has got, of all assets together.</summary>
    internal abstract Amount Received(string address);

    /// <summary>What the lanes still keep for somebody, in words; empty for nothing.</summary>
    internal abstract Task<string> LeftAsync(IEventLog log);
}
