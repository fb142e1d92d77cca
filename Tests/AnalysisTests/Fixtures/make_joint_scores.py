"""Prints what dsa-metric 2.0.2 says of one driven system in two bases: DrivenDistancesTests has the numbers.

    pip install dsa-metric==2.0.2 && python make_joint_scores.py
"""

import numpy as np
from DSA.simdist_controllability import ControllabilitySimilarityTransformDist as Distance

state = np.array([[0.9, -0.3, 0.1], [0.3, 0.8, 0.0], [0.0, 0.2, 0.6]])
inputs = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, -1.0]])
turn = np.array([[2.0, -2.0, 1.0], [1.0, 2.0, 2.0], [-2.0, -1.0, 2.0]]) / 3

for compare in ("joint", "control"):
    for score in ("euclidean", "angular"):
        distance = Distance(score_method=score, compare=compare)
        print(compare, score, repr(distance.fit_score(state, turn @ state @ turn.T, inputs, turn @ inputs)))
