using System.Reflection;
using Quorate.Testing;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Sessions;

/// <summary>Faults as values.</summary>
public sealed class AbortTests
{
    [Fact]
    public void An_abort_lists_every_accusation_once_and_in_order()
    {
        var abort = new Abort(
        [
            new(Fault.Timeout, new(3)), new(Fault.Equivocation, new(9)), new(Fault.Equivocation, new(2)), new(Fault.Timeout, new(3)),
            new(Fault.Timeout, new(2)),
        ]);
        Assert.Equal(
            [new(Fault.Equivocation, new(2)), new(Fault.Equivocation, new(9)), new(Fault.Timeout, new(2)), new(Fault.Timeout, new(3))],
            abort.Accusations);
        Assert.Equal([new(2), new(3), new(9)], abort.Culprits);
        Assert.Equal(Fault.Equivocation, abort.Fault);
        Assert.Equal(Severity.Exclude, abort.Severity);
        Assert.Equal("Equivocation (Proven): P2, P9; Timeout (Suspected): P2, P3", abort.ToString());
    }

    [Fact]
    public void Suspicion_is_never_more_than_a_reason_to_retry()
    {
        foreach (var fault in Enum.GetValues<Fault>())
            Assert.Equal(fault.Certainty == Certainty.Suspected, fault.Severity == Severity.Retry);
        Assert.Equal(Severity.Retry, new Abort([new(Fault.Timeout, new(1))]).Severity);
    }

    [Fact]
    public void A_number_that_is_no_fault_has_no_properties() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ((Fault)999).Certainty);

    /// <summary>Add a fault, and this fails until a test commits it.</summary>
    [Fact]
    public void Every_fault_has_a_cheating_test()
    {
        var committed = Assembly.GetExecutingAssembly().GetTypes()
            .SelectMany(t => t.GetMethods())
            .Where(m => m.GetCustomAttribute<FactAttribute>() is { Skip: null })
            .SelectMany(m => m.GetCustomAttributes<CommitsAttribute>())
            .Select(c => c.Fault)
            .ToHashSet();
        Assert.Empty(Enum.GetValues<Fault>().Except(committed));
    }
}
